// Shared between this target's files; not part of the module.
#pragma once
#include <termios.h>

/// What gives the terminal back from inside a signal handler.
struct mgs_rescue {
  volatile int armed;  // the screen is ours
  volatile int lost;  // a fatal signal gave it back: draw no more
  int output;
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

/// Writes everything or gives up on an error; async-signal-safe.
void mgs_write_all(int descriptor, const char *bytes, int length);
