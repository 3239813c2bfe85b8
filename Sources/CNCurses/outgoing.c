#define _GNU_SOURCE 1  // memfd_create
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "CNCurses.h"
#include "internal.h"

// ncurses waits for a terminal that does not read, with no end. So it writes to a file in memory,
// and what it wrote goes out from here, as far as the terminal takes it.

enum { PATIENCE = 150 };  // milliseconds

int mgs_open_outlet(int terminal) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", terminal);
  // An open file of its own: not waiting shall hold for no other program on this terminal.
  int outlet = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (outlet >= 0) return outlet;
  // After su the terminal may belong to somebody else. Then all who share it do not wait.
  outlet = dup(terminal);
  if (outlet < 0) return -1;
  fcntl(outlet, F_SETFD, FD_CLOEXEC);
  fcntl(outlet, F_SETFL, fcntl(outlet, F_GETFL) | O_NONBLOCK);
  return outlet;
}

static long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

void mgs_write_some(int outlet, const char *bytes, int length) {
  long deadline = milliseconds() + PATIENCE;
  while (length > 0) {
    ssize_t written = write(outlet, bytes, (size_t)length);
    if (written > 0) {
      bytes += written;
      length -= (int)written;
      continue;
    }
    if (written < 0 && errno != EINTR && errno != EAGAIN) return;
    long left = deadline - milliseconds();
    if (left <= 0) return;
    struct pollfd room = {.fd = outlet, .events = POLLOUT};
    poll(&room, 1, (int)left);
  }
}

static int capture = -1;

/// What waits for the terminal: `queue[sent..<queued]`.
static char *queue;
static size_t sent, queued, room;

int mgs_open_capture(void) {
  if (capture < 0) capture = memfd_create("screen", MFD_CLOEXEC);
  return capture;
}

void mgs_capture(const char *bytes) {
  // Memory: it takes everything.
  if (write(capture, bytes, strlen(bytes)) < 0) return;
}

void mgs_ask_background(void) { mgs_capture("\033]11;?\033\\"); }

static int make_room(size_t more) {
  if (sent > 0) {
    memmove(queue, queue + sent, queued - sent);
    queued -= sent;
    sent = 0;
  }
  if (queued + more <= room) return 1;
  size_t wanted = (queued + more) * 2;
  char *larger = realloc(queue, wanted);
  if (!larger) return 0;
  queue = larger;
  room = wanted;
  return 1;
}

void mgs_collect(void) {
  off_t length = lseek(capture, 0, SEEK_CUR);
  if (length <= 0) return;
  if (make_room((size_t)length)) {
    ssize_t got = pread(capture, queue + queued, (size_t)length, 0);
    if (got > 0) queued += (size_t)got;
  }
  lseek(capture, 0, SEEK_SET);
  // The file keeps its pages for the next frame, as long as the frames are of a usual size.
  if (length > 1 << 20 && ftruncate(capture, 0) < 0) return;
}

int64_t mgs_flush(int64_t *taken) {
  *taken = 0;
  while (sent < queued) {
    ssize_t written = write(mgs_rescue.outlet, queue + sent, queued - sent);
    if (written >= 0) {
      sent += (size_t)written;
      *taken += written;
    } else if (errno == EAGAIN) {
      break;
    } else if (errno != EINTR) {
      return -1;
    }
  }
  mgs_rescue.unfinished = sent < queued;
  return (int64_t)(queued - sent);
}

int mgs_outlet(void) { return mgs_rescue.outlet; }

void mgs_discard_output(void) {
  sent = queued = 0;
  tcflush(mgs_rescue.terminal, TCOFLUSH);
  // The terminal may have got half a sequence; this ends it.
  static const char cancel = '\030';
  if (write(mgs_rescue.outlet, &cancel, 1) < 0) return;
  mgs_rescue.unfinished = 0;
}

void mgs_drain_or_drop(void) {
  long deadline = milliseconds() + PATIENCE;
  for (;;) {
    int64_t taken, left = mgs_flush(&taken);
    if (left <= 0) return;
    long patience = deadline - milliseconds();
    if (patience <= 0) break;
    struct pollfd poller = {.fd = mgs_rescue.outlet, .events = POLLOUT};
    poll(&poller, 1, (int)patience);
  }
  mgs_discard_output();
  mgs_write_some(mgs_rescue.outlet, mgs_rescue.bytes, mgs_rescue.length);
}
