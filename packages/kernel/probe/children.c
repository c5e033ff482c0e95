// SPDX-License-Identifier: MIT
/* Child processes of a story: they wait for orders. */
#include "probe.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_CHILDREN 16
#define MAX_ID 32

/** An order to a child, and its answer. */
struct order {
  char does;
  long at;
  long pages;
  long step;
};

static struct {
  char id[MAX_ID];
  pid_t pid;
  int orders;
  int answers;
} children[MAX_CHILDREN];
static int child_count;

static int newest(const char *id) {
  for (int i = child_count - 1; i >= 0; i--) {
    if (strcmp(children[i].id, id) == 0 && children[i].pid > 0) return i;
  }
  return -1;
}

static long obey(const struct order *order) {
  switch (order->does) {
    case 'w': return touch_range(order->at, order->pages, order->step, ACCESS_WRITE, 8);
    case 'r': return touch_range(order->at, order->pages, order->step, ACCESS_READ, 0);
    case 'u': return munmap(page_address(order->at), (size_t)order->pages * PAGE_BYTES);
    default: _exit(0);
  }
}

static void wait_for_orders(int orders, int answers) {
  struct order order;
  while (read(orders, &order, sizeof order) == sizeof order) {
    long result = obey(&order);
    if (write(answers, &result, sizeof result) != sizeof result) break;
  }
  _exit(0);
}

/** `fork ID` and `forkexit ID`: the latter's child ends at once. */
long op_fork(const struct words *words, bool exits, FILE *out) {
  int orders[2];
  int answers[2];
  if (child_count == MAX_CHILDREN) {
    errno = EAGAIN;
    return -1;
  }
  if (!exits && (pipe(orders) < 0 || pipe(answers) < 0)) return -1;
  /* What is in the buffer now would be written twice. */
  fflush(out);
  pid_t pid = fork();
  if (pid < 0) return -1;
  if (exits) {
    if (pid == 0) _exit(0);
    waitpid(pid, NULL, 0);
    return 0;
  }
  if (pid == 0) {
    close(orders[1]);
    close(answers[0]);
    wait_for_orders(orders[0], answers[1]);
  }
  close(orders[0]);
  close(answers[1]);
  snprintf(children[child_count].id, MAX_ID, "%s", word_text(words, 1, ""));
  children[child_count].pid = pid;
  children[child_count].orders = orders[1];
  children[child_count].answers = answers[0];
  child_count++;
  return 0;
}

/** `child ID w|r OFF N STEP`, `child ID u OFF N`, `child ID x`; -1 if a touch raised a signal. */
long op_child(const struct words *words) {
  int i = newest(word_text(words, 1, ""));
  struct order order = {
    .does = word_text(words, 2, "x")[0],
    .at = word_number(words, 3, 0),
    .pages = word_number(words, 4, 0),
    .step = word_number(words, 5, 1),
  };
  if (order.step < 1) order.step = 1;
  if (i < 0 || write(children[i].orders, &order, sizeof order) != sizeof order) {
    errno = ESRCH;
    return -1;
  }
  if (strchr("wru", order.does) == NULL) {
    waitpid(children[i].pid, NULL, 0);
    children[i].pid = 0;
    return 0;
  }
  long result = -1;
  if (read(children[i].answers, &result, sizeof result) != sizeof result) result = -1;
  errno = EFAULT;
  return result == 0 ? 0 : -1;
}

/** Process of a living child, or -1. */
pid_t child_pid(const char *id) {
  int i = newest(id);
  return i < 0 ? -1 : children[i].pid;
}

void children_end(void) {
  for (int i = 0; i < child_count; i++) {
    if (children[i].pid <= 0) continue;
    kill(children[i].pid, SIGKILL);
    waitpid(children[i].pid, NULL, 0);
  }
}
