// SPDX-License-Identifier: MIT
/* A compressed swap device. */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/swap.h>
#include <unistd.h>

#define DEVICE "/dev/zram0"
#define DEVICE_SIZE "268435456"
#define DEVICE_PAGES 65536

/** The first page of a swap area, as far as it is not zero. */
struct swap_header {
  char boot[1024];
  uint32_t version;
  uint32_t last_page;
  uint32_t bad_pages;
  char unused[PAGE_BYTES - 1024 - 12 - 10];
  char magic[10];
} __attribute__((packed));

/** `zram`: makes the device and swaps to it. */
long op_zram(void) {
  struct swap_header header = {.version = 1, .last_page = DEVICE_PAGES - 1};
  memcpy(header.magic, "SWAPSPACE2", sizeof header.magic);
  if (text_write("/sys/block/zram0/disksize", DEVICE_SIZE) < 0) return -1;
  int fd = open(DEVICE, O_RDWR | O_CLOEXEC);
  if (fd < 0) return -1;
  bool written = write(fd, &header, sizeof header) == sizeof header && fsync(fd) == 0;
  close(fd);
  return written ? swapon(DEVICE, 0) : -1;
}

long op_swapoff(void) { return swapoff(DEVICE); }

static bool in_use(void) {
  char size[32];
  return text_read("/sys/block/zram0/disksize", size, sizeof size) > 0 && size[0] != '0';
}

/** Whether the device is somebody else's. */
static bool foreign = true;

/** Before a scenario. */
void swap_begin(void) { foreign = in_use(); }

/** After a scenario: takes the device away again, if the scenario has left it. */
void swap_end(void) {
  if (foreign || !in_use()) return;
  swapoff(DEVICE);
  text_write("/sys/block/zram0/reset", "1");
}
