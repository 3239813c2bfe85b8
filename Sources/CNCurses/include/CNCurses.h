#ifndef CNCURSES_H
#define CNCURSES_H
// All that the program ever says to ncurses, to terminal modes and to signal dispositions.
//
// C because of what Swift cannot import or must not do: macros (A_BOLD, BUTTON1_PRESSED), global
// variables (stdscr, COLS), and code inside signal handlers. No foreign type appears here, so
// Swift never sees curses.h. Functions that touch ncurses belong to the main thread; the
// annotation makes the compiler prove it.

#include <stddef.h>
#include <stdint.h>

#define MGS_MAIN_ACTOR __attribute__((swift_attr("@MainActor")))

// MARK: Session (session.c)

enum { MGS_OPENED = 0, MGS_UNKNOWN_TERMINAL = 1, MGS_NO_CURSOR_MOTION = 2, MGS_OPEN_FAILED = 3 };

/// Sets the locale from the environment, falling back to C.UTF-8; numbers keep the dot.
/// Returns 1 when characters beyond ASCII can be shown.
MGS_MAIN_ACTOR int mgs_set_locale(void);

/// Takes over the terminal behind the two descriptors; returns one of the constants above.
MGS_MAIN_ACTOR int mgs_open(const char *term, int input, int output, int use_colors);

/// Gives the terminal back; any number of calls, also before mgs_open.
MGS_MAIN_ACTOR void mgs_close(void);

/// Forgets the terminal without writing to it, after it has gone away.
MGS_MAIN_ACTOR void mgs_abandon(void);

/// Leaves the screen for a stop, and comes back after it with everything to be redrawn.
MGS_MAIN_ACTOR void mgs_suspend(void);
MGS_MAIN_ACTOR void mgs_resume(void);

MGS_MAIN_ACTOR int mgs_color_count(void);

enum { MGS_MOST_COLUMNS = 1280, MGS_MOST_ROWS = 512 };

/// Asks the kernel for the size and tells ncurses when it has changed; more than the most columns
/// and rows stay unused.
MGS_MAIN_ACTOR void mgs_update_size(int *columns, int *rows);

// MARK: Drawing (screen.c)

enum { MGS_BOLD = 1, MGS_DIM = 2, MGS_REVERSE = 4, MGS_UNDERLINE = 8, MGS_WIDE = 16 };

/// Defines a colour pair; -1 is the terminal's own colour. Returns 0 when it is not possible.
MGS_MAIN_ACTOR int mgs_define_pair(int pair, int foreground, int background);

/// One character: scalar value, attribute bits above (MGS_WIDE: it takes two columns), pair.
struct mgs_cell {
  uint32_t scalar;
  uint16_t attributes;
  uint16_t pair;
};

/// Puts characters on the virtual screen; those that ncurses measures otherwise become `?`.
MGS_MAIN_ACTOR void mgs_put(int y, int x, const struct mgs_cell *cells, int count);

/// Blanks the virtual screen and makes the next mgs_show repaint everything.
MGS_MAIN_ACTOR void mgs_erase(void);

/// Queues the differences, bracketed by mode 2026 when asked, and places or hides (-1) the cursor.
/// With `acknowledge` the terminal is asked to report when it has come so far.
MGS_MAIN_ACTOR void mgs_show(int cursor_y, int cursor_x, int synchronized, int acknowledge);

// MARK: Output (outgoing.c)

/// Queues the question for the terminal's background colour (OSC 11).
MGS_MAIN_ACTOR void mgs_ask_background(void);

/// Sends as much of what waits as the terminal takes, without waiting: `*taken` bytes. Returns the
/// bytes that still wait, or -1 when the terminal has gone.
MGS_MAIN_ACTOR int64_t mgs_flush(int64_t *taken);

/// The descriptor to poll for room.
MGS_MAIN_ACTOR int mgs_outlet(void);

/// Throws away what waits, here and in the terminal's queue. What the terminal shows is unknown
/// then: all has to be drawn again.
MGS_MAIN_ACTOR void mgs_discard_output(void);

// MARK: Input (keys.c)

enum { MGS_NOTHING = 0, MGS_CHARACTER = 1, MGS_KEY = 2, MGS_MOUSE = 3, MGS_FUNCTION_KEY = 4 };
enum {
  MGS_UP = 1, MGS_DOWN, MGS_LEFT, MGS_RIGHT, MGS_HOME, MGS_END, MGS_PAGE_UP, MGS_PAGE_DOWN,
  MGS_INSERT, MGS_DELETE, MGS_BACKSPACE, MGS_ENTER, MGS_BACK_TAB, MGS_ACKNOWLEDGED, MGS_PASTE_BEGINS,
  MGS_PASTE_ENDS, MGS_OTHER
};
enum {
  MGS_PRESS = 1, MGS_RELEASE, MGS_CLICK, MGS_DOUBLE_CLICK, MGS_WHEEL_UP, MGS_WHEEL_DOWN
};

struct mgs_input {
  int kind;  // MGS_NOTHING ... MGS_FUNCTION_KEY
  uint32_t value;  // scalar, key, mouse action, or number of the function key
  int x, y;  // mouse only
};

/// Reads what is there without waiting.
MGS_MAIN_ACTOR struct mgs_input mgs_read(void);

/// Reads bytes as they are, past ncurses and without waiting; 0 when there are none.
MGS_MAIN_ACTOR int mgs_read_bytes(int input, char *bytes, int room);

/// Puts up to a hundred bytes back for mgs_read.
MGS_MAIN_ACTOR void mgs_unread(const char *bytes, int count);

/// Switches button and wheel reports on or off; returns whether they are on.
MGS_MAIN_ACTOR int mgs_use_mouse(int on);

/// Columns the C library gives a character; -1 when it is not printable.
int mgs_width(uint32_t scalar);

// MARK: Signals (signals.c)

/// Handlers for INT TERM HUP TSTP WINCH CONT that write the signal's number into a pipe (HUP only
/// when it was not ignored, so that nohup works). Returns the reading end, or -1.
int mgs_signal_pipe(void);

/// Whether the program was started to outlive its terminal (nohup).
int mgs_hangup_is_ignored(void);

/// Blocks those signals in the calling thread and the threads it starts.
void mgs_block_signals(void);

/// Lets them through again: the main thread calls this and so receives them all.
void mgs_unblock_signals(void);

/// Stops this process the way ^Z would have; returns when it is continued. Where nobody could
/// continue it (an orphaned process group) the kernel makes this do nothing.
void mgs_stop_self(void);

/// Ends this process by a signal in its default way.
void mgs_die_by(int signal);

/// Ends this process in one of the ways it must survive well: 't'rap, 's'egv, 'q'uit.
void mgs_crash(char kind);

// MARK: Supervisor (supervisor.c)

/// Runs this very program again, in our environment, as a child and looks after terminal and job control until it
/// ends. Returns the exit status: the child's, or 128 + n and `*death_signal` = n. -1: could not
/// be started.
int mgs_supervise(const char *path, char *const arguments[], int terminal, int *death_signal);

/// Asks for TERM when the parent dies; returns 0 when it is dead already.
int mgs_die_with_parent(int parent);

#endif
