#define NCURSES_WIDECHAR 1
#include "CNCurses.h"  // before term.h, whose macros take names such as `columns`

#include <curses.h>
#include <term.h>

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "internal.h"

static SCREEN *screen;
static FILE *input_stream;
static FILE *output_stream;

int mgs_set_locale(void) {
  setlocale(LC_ALL, "");
  int wide = MB_CUR_MAX > 1 && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
  // The fallback is for an unset locale; LC_ALL=C asked for plain ASCII and gets it.
  const char *asked = getenv("LC_ALL");
  if (!asked || !*asked) asked = getenv("LC_CTYPE");
  if (!asked || !*asked) asked = getenv("LANG");
  if (!wide && (!asked || !*asked || (strcmp(asked, "C") != 0 && strcmp(asked, "POSIX") != 0))) {
    wide = setlocale(LC_CTYPE, "C.UTF-8") != NULL && MB_CUR_MAX > 1;
  }
  setlocale(LC_NUMERIC, "C");
  return wide;
}

/// `cup` tells a screen from a teletype: TERM=dumb has none, and newterm does not mind.
static int has_cursor_motion(void) {
  const char *motion = tigetstr("cup");
  return motion != NULL && motion != (char *)-1;
}

static int give_up(int reason) {
  if (screen) {
    delscreen(screen);
    screen = NULL;
  }
  if (input_stream) fclose(input_stream);
  if (output_stream) fclose(output_stream);
  input_stream = output_stream = NULL;
  return reason;
}

/// The modes in which keys arrive one by one. ncurses, which would wait until the terminal has read
/// everything, is not asked.
static struct termios program_modes(struct termios modes) {
  // A ^S typed by mistake would freeze the screen until ^Q: both are keys like any other here.
  modes.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON | IXOFF);
  // No tabs made of blanks, no line ends of two characters: ncurses counts on it.
  modes.c_oflag &= ~(tcflag_t)(ONLCR | TABDLY);
  modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL);
  modes.c_lflag |= ISIG;
  modes.c_cc[VMIN] = 1;
  modes.c_cc[VTIME] = 0;
  return modes;
}

static void set_modes(const struct termios *modes) {
  // Now: after a drain would be never, on a terminal that does not read.
  tcsetattr(mgs_rescue.terminal, TCSANOW, modes);
}

/// A paste is marked as one, so that it is text and not keys.
static const char paste_marks_on[] = "\033[?2004h";
static const char paste_marks_off[] = "\033[?2004l";

int mgs_open(const char *term, int input, int output, int use_colors) {
  int problem = 0;
  // Asked before newterm, which would already have written to a terminal that cannot do it.
  if (setupterm(term, output, &problem) != OK) return MGS_UNKNOWN_TERMINAL;
  int usable = has_cursor_motion();
  del_curterm(cur_term);
  if (!usable) return MGS_NO_CURSOR_MOTION;

  // Streams of our own on duplicates: closing them leaves the program's descriptors alone.
  if (tcgetattr(output, &mgs_rescue.shell_modes) != 0) return MGS_OPEN_FAILED;
  mgs_rescue.terminal = output;
  mgs_rescue.outlet = mgs_open_outlet(output);
  if (mgs_rescue.outlet < 0 || mgs_open_capture() < 0) return MGS_OPEN_FAILED;
  input_stream = fdopen(dup(input), "r");
  output_stream = fdopen(dup(mgs_open_capture()), "w");
  if (!input_stream || !output_stream) return give_up(MGS_OPEN_FAILED);
  screen = newterm(term, output_stream, input_stream);
  if (!screen) return give_up(MGS_UNKNOWN_TERMINAL);

  mgs_rescue.program_modes = program_modes(mgs_rescue.shell_modes);
  mgs_rescue.length = mgs_build_rescue_bytes(mgs_rescue.bytes, sizeof mgs_rescue.bytes);
  mgs_rescue.lost = 0;
  mgs_rescue.armed = 1;
  set_modes(&mgs_rescue.program_modes);
  cbreak();
  noecho();
  nonl();
  intrflush(stdscr, FALSE);
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  leaveok(stdscr, FALSE);
  scrollok(stdscr, FALSE);
  // A frame is sent whole: what has been typed meanwhile waits for it a moment.
  typeahead(-1);
  set_escdelay(getenv("SSH_CONNECTION") ? 50 : 25);
  // What a terminal says to a status request; see mgs_show.
  define_key("\033[0n", KEY_MAX + 1);
  define_key("\033[200~", KEY_MAX + 2);
  define_key("\033[201~", KEY_MAX + 3);
  if (use_colors && has_colors()) {
    start_color();
    use_default_colors();
  }
  curs_set(0);
  mgs_capture(paste_marks_on);
  mgs_collect();
  return MGS_OPENED;
}

/// Leaves the screen and sets the shell's modes, without waiting for long.
static void leave_screen(void) {
  mgs_capture(paste_marks_off);
  endwin();
  mgs_collect();
  mgs_drain_or_drop();
  set_modes(&mgs_rescue.shell_modes);
  // Status reports still under way would otherwise be typed into the shell.
  tcflush(mgs_rescue.terminal, TCIFLUSH);
}

void mgs_close(void) {
  if (!screen || mgs_rescue.lost) return;
  // A background process may not set modes, unless it ignores the signal that forbids it.
  struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
  sigaction(SIGTTOU, &ignore, &before);
  if (tcgetpgrp(mgs_rescue.terminal) == getpgrp()) {
    if (!isendwin()) {
      mgs_use_mouse(0);
      leave_screen();
    }
  } else if (mgs_rescue.armed) {
    mgs_rescue_now();
  }
  mgs_rescue.armed = 0;
  sigaction(SIGTTOU, &before, NULL);
}

void mgs_abandon(void) {
  mgs_rescue.armed = 0;
  mgs_rescue.lost = 1;
}

void mgs_suspend(void) {
  if (!screen || isendwin()) return;
  leave_screen();
  mgs_rescue.armed = 0;
}

void mgs_resume(void) {
  if (!screen || mgs_rescue.lost) return;
  // Stopped outright, without having left the screen: ncurses must not think it is still there.
  if (!isendwin()) endwin();
  set_modes(&mgs_rescue.program_modes);
  mgs_rescue.armed = 1;
  // Leaves endwin's state: enters the screen again, and repaints all of it.
  clearok(curscr, TRUE);
  wrefresh(curscr);
  mgs_capture(paste_marks_on);
  mgs_collect();
}

int mgs_color_count(void) { return screen && has_colors() ? COLORS : 0; }

static int least(int left, int right) { return left < right ? left : right; }

void mgs_update_size(int *width, int *height) {
  struct winsize size = {0};
  if (ioctl(mgs_rescue.terminal, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
    // Beyond any real terminal; ncurses keeps over 80 bytes a cell and counts in 16 bits.
    int high = least(size.ws_row, MGS_MOST_ROWS), wide = least(size.ws_col, MGS_MOST_COLUMNS);
    if (high != getmaxy(stdscr) || wide != getmaxx(stdscr)) resizeterm(high, wide);
  }
  *width = getmaxx(stdscr);
  *height = getmaxy(stdscr);
}

/// Appends a terminfo string without its padding marks, `$<5>`.
static int append_capability(char *bytes, int length, int room, const char *name) {
  const char *text = tigetstr((char *)name);
  if (!text || text == (char *)-1) return length;
  for (; *text && length < room; text++) {
    if (text[0] == '$' && text[1] == '<') {
      const char *end = strchr(text, '>');
      if (!end) break;
      text = end;
    } else {
      bytes[length++] = *text;
    }
  }
  return length;
}

int mgs_build_rescue_bytes(char *bytes, int room) {
  static const char modes[] = "\033[?2026l\033[?1000l\033[?1006l\033[?2004l";
  int length = sizeof modes - 1;
  if (length > room) return 0;
  memcpy(bytes, modes, sizeof modes - 1);
  length = append_capability(bytes, length, room, "sgr0");
  length = append_capability(bytes, length, room, "cnorm");
  length = append_capability(bytes, length, room, "rmkx");
  int before = length;
  length = append_capability(bytes, length, room, "rmcup");
  // Without an alternate screen the least that helps is a fresh line.
  if (length == before && length + 2 <= room) {
    bytes[length++] = '\r';
    bytes[length++] = '\n';
  }
  return length;
}
