#define _GNU_SOURCE 1  // wcwidth
#define NCURSES_WIDECHAR 1
#include <curses.h>

#include <wchar.h>

#include "CNCurses.h"
#include "internal.h"

int mgs_define_pair(int pair, int foreground, int background) {
  return pair > 0 && pair < COLOR_PAIRS && init_extended_pair(pair, foreground, background) == OK;
}

static attr_t curses_attributes(unsigned bits) {
  return ((bits & MGS_BOLD) ? A_BOLD : 0) | ((bits & MGS_DIM) ? A_DIM : 0) |
         ((bits & MGS_REVERSE) ? A_REVERSE : 0) | ((bits & MGS_UNDERLINE) ? A_UNDERLINE : 0);
}

static int put_one(cchar_t *out, uint32_t scalar, const struct mgs_cell *cell) {
  wchar_t text[2] = {(wchar_t)scalar, 0};
  int pair = cell->pair;
  return setcchar(out, text, curses_attributes(cell->attributes), 0, &pair) == OK;
}

enum { BATCH = 256 };

void mgs_put(int y, int x, const struct mgs_cell *cells, int count) {
  cchar_t line[BATCH];
  int used = 0, start = x;
  for (int i = 0; i < count; i++) {
    int columns = (cells[i].attributes & MGS_WIDE) ? 2 : 1;
    if (used + columns > BATCH) {
      mvwadd_wchnstr(stdscr, y, start, line, used);
      start = x;
      used = 0;
    }
    // The C library decides where the cursor will be, so it must agree about the width.
    int agreed = cells[i].scalar < 0x7f || mgs_width(cells[i].scalar) == columns;
    if (!put_one(&line[used++], agreed ? cells[i].scalar : '?', &cells[i])) {
      put_one(&line[used - 1], '?', &cells[i]);
    }
    x += columns;
    if (columns == 2) {
      // ncurses fills the second column itself; a character it refused needs a blank there.
      if (!agreed) {
        put_one(&line[used++], ' ', &cells[i]);
      } else {
        mvwadd_wchnstr(stdscr, y, start, line, used);
        start = x;
        used = 0;
      }
    }
  }
  if (used > 0) mvwadd_wchnstr(stdscr, y, start, line, used);
}

void mgs_erase(void) {
  werase(stdscr);
  clearok(stdscr, TRUE);
}

void mgs_show(int cursor_y, int cursor_x, int synchronized, int acknowledge) {
  if (mgs_rescue.lost || isendwin()) return;
  static int visible = -1;
  int wanted = cursor_y >= 0;
  if (wanted) wmove(stdscr, cursor_y, cursor_x);
  wnoutrefresh(stdscr);
  // ncurses 6.4 does not know the mode; terminals that do not either ignore it.
  if (synchronized) mgs_capture("\033[?2026h");
  if (wanted != visible) curs_set(wanted);
  visible = wanted;
  doupdate();
  if (synchronized) mgs_capture("\033[?2026l");
  if (acknowledge) mgs_capture("\033[5n");
  mgs_collect();
}

int mgs_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }
