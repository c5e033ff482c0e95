// SPDX-License-Identifier: MIT
/*
 * The first process of a guest that makes recordings: mounts what the probe reads, loads modules, runs
 * the probe with its output on the port that the host keeps, and powers off.
 *
 * Lines on the console that begin with "rig:" are for the host.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_WORDS = 32 };

static const struct {
  const char *type, *at, *options;
  /* The guest can't do without it. */
  int needed;
} MOUNTS[] = {
    {"devtmpfs", "/dev", "", 1},
    {"proc", "/proc", "", 1},
    {"sysfs", "/sys", "", 1},
    {"tracefs", "/sys/kernel/tracing", "", 0},
    {"debugfs", "/sys/kernel/debug", "", 0},
};

/* Settings that the probe relies on. */
static const struct {
  const char *path, *value;
} SETTINGS[] = {
    {"/proc/sys/kernel/kptr_restrict", "0"},
    {"/proc/sys/kernel/perf_event_paranoid", "-1"},
    {"/proc/sys/vm/compaction_proactiveness", "0"},
    {"/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs", "4294967295"},
    {"/proc/sys/kernel/randomize_va_space", "0"},
};

static void power_off(const char *why) {
  printf("rig: %s\n", why);
  fflush(stdout);
  sync();
  reboot(RB_POWER_OFF);
  for (;;) pause();
}

static void write_text(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);

  if (fd < 0 || write(fd, text, strlen(text)) < 0)
    printf("rig: note %s: %s\n", path, strerror(errno));
  if (fd >= 0) close(fd);
}

static void mount_all(void) {
  for (size_t i = 0; i < sizeof(MOUNTS) / sizeof(MOUNTS[0]); i++) {
    mkdir(MOUNTS[i].at, 0755);
    if (!mount(MOUNTS[i].type, MOUNTS[i].at, MOUNTS[i].type, 0, MOUNTS[i].options)) continue;
    printf("rig: note mount %s: %s\n", MOUNTS[i].at, strerror(errno));
    if (MOUNTS[i].needed) power_off("failed to mount");
  }
}

/* Loads the modules that the list names, one a line, in its order. */
static void load_modules(const char *list) {
  char path[256];
  FILE *file = fopen(list, "re");

  while (file && fgets(path, sizeof(path), file)) {
    int fd;

    path[strcspn(path, "\n")] = '\0';
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST))
      printf("rig: note module %s: %s\n", path, strerror(errno));
    if (fd >= 0) close(fd);
  }
  if (file) fclose(file);
}

/* Mounts the disk where files of stories lie, if the host gave one. */
static void mount_disk(void) {
  mkdir("/stories", 0755);
  mkdir("/stories/mnt", 0755);
  if (access("/dev/vda", F_OK)) return;
  if (mount("/dev/vda", "/stories/mnt", "ext4", MS_NOATIME, ""))
    printf("rig: note mount /stories/mnt: %s\n", strerror(errno));
}

/* Runs the probe with the words of its file of arguments, one a line. */
static void start_probe(int out) {
  static char words[MOST_WORDS][256];
  char *argv[MOST_WORDS + 1];
  static char *const envp[] = {"PATH=/", NULL};
  FILE *list = fopen("/probe.args", "re");
  int null = open("/dev/null", O_RDONLY), count = 0;

  argv[count++] = "/probe";
  while (list && count < MOST_WORDS && fgets(words[count], sizeof(words[0]), list)) {
    words[count][strcspn(words[count], "\n")] = '\0';
    argv[count] = words[count];
    count++;
  }
  argv[count] = NULL;
  dup2(null, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  execve(argv[0], argv, envp);
  dprintf(STDERR_FILENO, "rig: /probe: %s\n", strerror(errno));
  _exit(127);
}

/* Waits for the probe; orphans of its stories come here, too. */
static int wait_for(pid_t probe) {
  int status;
  pid_t pid;

  do {
    pid = waitpid(-1, &status, 0);
  } while (pid != probe && (pid >= 0 || errno == EINTR));
  return status;
}

int main(void) {
  char result[64];
  int console, out, status;
  pid_t probe;

  mount("devtmpfs", "/dev", "devtmpfs", 0, "");
  console = open("/dev/console", O_RDWR);
  if (console >= 0) {
    dup2(console, STDOUT_FILENO);
    dup2(console, STDERR_FILENO);
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  umount2("/dev", MNT_DETACH);
  mount_all();
  for (size_t i = 0; i < sizeof(SETTINGS) / sizeof(SETTINGS[0]); i++)
    write_text(SETTINGS[i].path, SETTINGS[i].value);
  load_modules("/modules/list");
  mount_disk();
  out = open("/dev/vport0p1", O_WRONLY);
  if (out < 0) power_off("failed to open /dev/vport0p1");
  printf("rig: started\n");
  probe = fork();
  if (probe == 0) start_probe(out);
  status = wait_for(probe);
  close(out);
  snprintf(result, sizeof(result), "ended %d", status);
  power_off(result);
}
