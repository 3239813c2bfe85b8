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
    endwin();
    delscreen(screen);
    screen = NULL;
  }
  if (input_stream) fclose(input_stream);
  if (output_stream) fclose(output_stream);
  input_stream = output_stream = NULL;
  return reason;
}

// A ^S typed by mistake would freeze the screen until ^Q: both are keys like any other here.
static void pass_flow_control(void) {
  struct termios modes;
  if (tcgetattr(fileno(input_stream), &modes) != 0) return;
  modes.c_iflag &= ~(tcflag_t)(IXON | IXOFF);
  tcsetattr(fileno(input_stream), TCSANOW, &modes);
  def_prog_mode();
}

int mgs_open(const char *term, int input, int output, int use_colors) {
  int problem = 0;
  // Asked before newterm, which would already have written to a terminal that cannot do it.
  if (setupterm(term, output, &problem) != OK) return MGS_UNKNOWN_TERMINAL;
  int usable = has_cursor_motion();
  del_curterm(cur_term);
  if (!usable) return MGS_NO_CURSOR_MOTION;

  // Streams of our own on duplicates: closing them leaves the program's descriptors alone.
  input_stream = fdopen(dup(input), "r");
  output_stream = fdopen(dup(output), "w");
  if (!input_stream || !output_stream) return give_up(MGS_OPEN_FAILED);
  if (tcgetattr(output, &mgs_rescue.shell_modes) != 0) return give_up(MGS_OPEN_FAILED);
  screen = newterm(term, output_stream, input_stream);
  if (!screen) return give_up(MGS_UNKNOWN_TERMINAL);

  cbreak();
  pass_flow_control();
  noecho();
  nonl();
  intrflush(stdscr, FALSE);
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  leaveok(stdscr, FALSE);
  scrollok(stdscr, FALSE);
  set_escdelay(getenv("SSH_CONNECTION") ? 50 : 25);
  // What a terminal says to a status request; see mgs_show.
  define_key("\033[0n", KEY_MAX + 1);
  if (use_colors && has_colors()) {
    start_color();
    use_default_colors();
  }
  curs_set(0);
  tcgetattr(output, &mgs_rescue.program_modes);
  mgs_rescue.output = output;
  mgs_rescue.length = mgs_build_rescue_bytes(mgs_rescue.bytes, sizeof mgs_rescue.bytes);
  mgs_rescue.lost = 0;
  mgs_rescue.armed = 1;
  return MGS_OPENED;
}

/// Status reports still under way would otherwise be typed into the shell.
static void discard_input(void) {
  tcflush(mgs_rescue.output, TCIFLUSH);
}

void mgs_close(void) {
  if (!screen || mgs_rescue.lost) return;
  // A background process may not set modes, unless it ignores the signal that forbids it.
  struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
  sigaction(SIGTTOU, &ignore, &before);
  if (tcgetpgrp(mgs_rescue.output) == getpgrp()) {
    if (!isendwin()) {
      mgs_use_mouse(0);
      endwin();
    }
    discard_input();
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
  def_prog_mode();
  endwin();
  discard_input();
  mgs_rescue.armed = 0;
}

void mgs_resume(void) {
  if (!screen || mgs_rescue.lost) return;
  // Stopped outright, without having left the screen: ncurses must not think it is still there.
  if (!isendwin()) endwin();
  reset_prog_mode();
  mgs_rescue.armed = 1;
  // Leaves endwin's state: enters the screen again, and repaints all of it.
  clearok(curscr, TRUE);
  wrefresh(curscr);
}

int mgs_color_count(void) { return screen && has_colors() ? COLORS : 0; }

void mgs_update_size(int *width, int *height) {
  struct winsize size = {0};
  if (ioctl(mgs_rescue.output, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
    if (size.ws_row != getmaxy(stdscr) || size.ws_col != getmaxx(stdscr)) {
      resizeterm(size.ws_row, size.ws_col);
    }
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
  static const char modes[] = "\033[?2026l\033[?1000l\033[?1006l";
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
