// Shared between this target's files; not part of the module.
#pragma once
#include <termios.h>

/// What gives the terminal back from inside a signal handler.
struct mgs_rescue {
  volatile int armed;  // the screen is ours
  volatile int lost;  // a fatal signal gave it back: draw no more
  volatile int unfinished;  // the terminal has got only a part of what was sent last
  int terminal;  // for modes and size
  int outlet;  // for bytes; writing to it never waits
  struct termios shell_modes;  // as they were before
  struct termios program_modes;  // as we set them
  char bytes[256];
  int length;
};

extern struct mgs_rescue mgs_rescue;

/// Fills `bytes` with what leaves the screen of the terminal terminfo knows by now.
int mgs_build_rescue_bytes(char *bytes, int room);

/// Writes the bytes and sets the modes; async-signal-safe.
void mgs_rescue_now(void);

/// Whether two settings differ in what matters: echo, line mode, signals.
int mgs_modes_differ(const struct termios *left, const struct termios *right);

// MARK: Outgoing bytes (outgoing.c)

/// A descriptor of its own for a terminal, on which writing never waits; falls back to switching
/// the given one over. -1 when neither works.
int mgs_open_outlet(int terminal);

/// Writes to an outlet for 150 ms at most; async-signal-safe.
void mgs_write_some(int outlet, const char *bytes, int length);

/// Where ncurses writes instead of to the terminal: a file in memory. -1: could not be made.
int mgs_open_capture(void);

/// Adds bytes of our own behind what ncurses has written.
void mgs_capture(const char *bytes);

/// Moves what has been captured to the end of what waits for the terminal.
void mgs_collect(void);

/// Sends what waits, for 150 ms at most; what then still waits is thrown away, the
/// terminal's queue as well, so that the rescue bytes find room.
void mgs_drain_or_drop(void);
