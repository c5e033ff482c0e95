// SPDX-License-Identifier: MIT
/* Write protection through userfaultfd. */
#include "probe.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Older headers do not have all of them. */
#define FEATURE_PAGEFAULT_FLAG_WP (1UL << 0)
#define FEATURE_WP_HUGETLBFS_SHMEM (1UL << 12)
#define FEATURE_WP_UNPOPULATED (1UL << 13)
#define FEATURE_WP_ASYNC (1UL << 15)

static int opened = -1;

static struct uffdio_range range_of(const struct words *words) {
  return (struct uffdio_range){
    .start = (uint64_t)page_address(word_number(words, 1, 0)),
    .len = (uint64_t)word_number(words, 2, 0) * PAGE_BYTES,
  };
}

long op_uffd(const struct words *words) {
  struct uffdio_api api = {.api = UFFD_API, .features = FEATURE_PAGEFAULT_FLAG_WP};
  if (strcmp(word_text(words, 1, ""), "async") == 0)
    api.features |= FEATURE_WP_ASYNC | FEATURE_WP_UNPOPULATED | FEATURE_WP_HUGETLBFS_SHMEM;
  opened = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
  return opened < 0 ? -1 : ioctl(opened, UFFDIO_API, &api);
}

long op_uffd_reg(const struct words *words) {
  struct uffdio_register request = {.range = range_of(words), .mode = UFFDIO_REGISTER_MODE_WP};
  return ioctl(opened, UFFDIO_REGISTER, &request);
}

long op_uffd_unreg(const struct words *words) {
  struct uffdio_range range = range_of(words);
  return ioctl(opened, UFFDIO_UNREGISTER, &range);
}

long op_uffd_wp(const struct words *words) {
  struct uffdio_writeprotect request = {
    .range = range_of(words),
    .mode = word_number(words, 3, 0) != 0 ? UFFDIO_WRITEPROTECT_MODE_WP : 0,
  };
  return ioctl(opened, UFFDIO_WRITEPROTECT, &request);
}
