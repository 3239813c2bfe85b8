#define NCURSES_WIDECHAR 1
#include <curses.h>

#include <poll.h>
#include <unistd.h>

#include "CNCurses.h"
#include "internal.h"

static uint32_t portable_key(wint_t code) {
  switch (code) {
    case KEY_UP: return MGS_UP;
    case KEY_DOWN: return MGS_DOWN;
    case KEY_LEFT: return MGS_LEFT;
    case KEY_RIGHT: return MGS_RIGHT;
    case KEY_HOME: return MGS_HOME;
    case KEY_END: return MGS_END;
    case KEY_PPAGE: return MGS_PAGE_UP;
    case KEY_NPAGE: return MGS_PAGE_DOWN;
    case KEY_IC: return MGS_INSERT;
    case KEY_DC: return MGS_DELETE;
    case KEY_BACKSPACE: return MGS_BACKSPACE;
    case KEY_ENTER: return MGS_ENTER;
    case KEY_BTAB: return MGS_BACK_TAB;
    case KEY_MAX + 1: return MGS_ACKNOWLEDGED;
    case KEY_MAX + 2: return MGS_PASTE_BEGINS;
    case KEY_MAX + 3: return MGS_PASTE_ENDS;
    default: return MGS_OTHER;
  }
}

static uint32_t mouse_action(mmask_t state) {
  if (state & BUTTON4_PRESSED) return MGS_WHEEL_UP;
  if (state & BUTTON5_PRESSED) return MGS_WHEEL_DOWN;
  if (state & BUTTON1_DOUBLE_CLICKED) return MGS_DOUBLE_CLICK;
  if (state & BUTTON1_CLICKED) return MGS_CLICK;
  if (state & BUTTON1_PRESSED) return MGS_PRESS;
  if (state & BUTTON1_RELEASED) return MGS_RELEASE;
  return 0;
}

static struct mgs_input mouse_input(void) {
  MEVENT event;
  struct mgs_input input = {.kind = MGS_KEY, .value = MGS_OTHER};
  if (getmouse(&event) != OK) return input;
  uint32_t action = mouse_action(event.bstate);
  if (action == 0) return input;
  input = (struct mgs_input){.kind = MGS_MOUSE, .value = action, .x = event.x, .y = event.y};
  return input;
}

struct mgs_input mgs_read(void) {
  struct mgs_input input = {.kind = MGS_NOTHING};
  wint_t code = 0;
  switch (get_wch(&code)) {
    case OK:
      input.kind = MGS_CHARACTER;
      input.value = (uint32_t)code;
      return input;
    case KEY_CODE_YES:
      if (code == KEY_MOUSE) return mouse_input();
      if (code >= KEY_F0 && code <= KEY_F0 + 63) {
        input.kind = MGS_FUNCTION_KEY;
        input.value = (uint32_t)(code - KEY_F0);
        return input;
      }
      input.kind = MGS_KEY;
      input.value = portable_key(code);
      return input;
    default: return input;
  }
}

int mgs_read_bytes(int input, char *bytes, int room) {
  struct pollfd poller = {.fd = input, .events = POLLIN};
  if (poll(&poller, 1, 0) <= 0 || !(poller.revents & POLLIN)) return 0;
  ssize_t got = read(input, bytes, (size_t)room);
  return got > 0 ? (int)got : 0;
}

void mgs_unread(const char *bytes, int count) {
  // ncurses keeps a little more than a hundred; nobody types that much behind a paste.
  for (int i = count - 1; i >= 0; i--) ungetch((unsigned char)bytes[i]);
}

int mgs_use_mouse(int on) {
  mmask_t wanted = on ? BUTTON1_PRESSED | BUTTON1_RELEASED | BUTTON1_CLICKED |
                            BUTTON1_DOUBLE_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED
                      : 0;
  // Without an interval ncurses would hold every press back to see whether it becomes a click.
  mouseinterval(0);
  int is_on = mousemask(wanted, NULL) != 0;
  mgs_collect();
  return is_on;
}
