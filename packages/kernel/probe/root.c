// SPDX-License-Identifier: MIT
/*
 * The folder below which the files of scenarios lie. Its file systems are mounted where no other process
 * sees them, and its files are removed after every scenario, so that none finds pages of another's.
 */
#include "probe.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define EXT4_MAGIC 0xef53

static const struct {
  const char *name;
  /** Options of tmpfs; NULL: a folder of the file system that the root is on. */
  const char *options;
} FOLDERS[] = {
  {"shm0", "huge=never"},
  {"shm1", "huge=always"},
  {"shmw", "huge=within_size"},
  {"mnt", NULL},
};
#define FOLDER_COUNT (sizeof FOLDERS / sizeof FOLDERS[0])

static const char *root;

static void path_of(char *path, size_t bytes, size_t folder) {
  snprintf(path, bytes, "%s/%s", root, FOLDERS[folder].name);
}

/** Makes the folders; without a root they are expected to be there, at the top. */
void root_init(const char *given) {
  char path[MAX_LINE];
  if (given == NULL) return;
  root = given;
  if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
    fprintf(stderr, "probe: can't have mounts of its own: %s\n", strerror(errno));
    exit(3);
  }
  for (size_t i = 0; i < FOLDER_COUNT; i++) {
    path_of(path, sizeof path, i);
    mkdir(path, 0700);
    if (FOLDERS[i].options == NULL) continue;
    if (mount("ptelab", path, "tmpfs", 0, FOLDERS[i].options) == 0) continue;
    fprintf(stderr, "probe: can't mount a tmpfs with %s: %s\n", FOLDERS[i].options, strerror(errno));
    exit(3);
  }
}

/** Whether files below /mnt are on ext4. */
bool root_has_ext4(void) {
  char path[MAX_LINE];
  struct statfs found;
  snprintf(path, sizeof path, "%s/mnt", root == NULL ? "" : root);
  return statfs(path, &found) == 0 && found.f_type == EXT4_MAGIC;
}

/** Removes all files; folders within do not occur. */
void root_clean(void) {
  char path[MAX_LINE];
  char file[2 * MAX_LINE];
  struct dirent *entry;
  if (root == NULL) return;
  for (size_t i = 0; i < FOLDER_COUNT; i++) {
    path_of(path, sizeof path, i);
    DIR *folder = opendir(path);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
      snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
      unlink(file);
    }
    if (folder != NULL) closedir(folder);
  }
}
