#define _GNU_SOURCE 1  // environ
#define NCURSES_WIDECHAR 1
#include "CNCurses.h"  // before term.h, whose macros take names such as `columns`

#include <curses.h>
#include <term.h>

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "internal.h"

static volatile pid_t child;

/// Signals sent to us alone go on to the child; the terminal sends its own to both of us.
static void forward(int signal, siginfo_t *info, void *context) {
  (void)context;
  int saved = errno;
  if (child > 0 && info && info->si_code <= 0) kill(child, signal);
  errno = saved;
}

static volatile sig_atomic_t continued;

static void note_continuation(int signal) {
  (void)signal;
  continued = 1;
}

/// A fatal signal that was sent goes on to the child, and the supervisor lives to clean up after
/// it. One of its own ends it, and the child takes notice of that.
static void forward_or_die(int signal, siginfo_t *info, void *context) {
  if (info && info->si_code <= 0 && info->si_pid != getpid() && child > 0) {
    forward(signal, info, context);
  } else {
    mgs_die_by(signal);
  }
}

static const int fatal[] = {SIGTRAP, SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL};
enum { FATAL = sizeof fatal / sizeof fatal[0] };

static const int forwarded[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP};
enum { FORWARDED = sizeof forwarded / sizeof forwarded[0] };

/// Installs the forwarding, and collects the signals the child must find in their default state.
static void forward_signals(sigset_t *defaults) {
  sigemptyset(defaults);
  for (int i = 0; i < FORWARDED; i++) {
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_RESTART}, before;
    action.sa_sigaction = forward;
    sigemptyset(&action.sa_mask);
    sigaction(forwarded[i], NULL, &before);
    // nohup: what was ignored when we started stays ignored, here and in the child.
    if (forwarded[i] == SIGHUP && before.sa_handler == SIG_IGN) continue;
    sigaction(forwarded[i], &action, NULL);
    sigaddset(defaults, forwarded[i]);
  }
  for (int i = 0; i < FATAL; i++) {
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
    action.sa_sigaction = forward_or_die;
    sigemptyset(&action.sa_mask);
    sigaction(fatal[i], &action, NULL);
    sigaddset(defaults, fatal[i]);
  }
  struct sigaction noted = {.sa_handler = note_continuation, .sa_flags = SA_RESTART};
  sigaction(SIGCONT, &noted, NULL);
}

static int spawn(const char *path, char *const arguments[]) {
  sigset_t all, mask, defaults;
  posix_spawnattr_t attributes;
  sigfillset(&all);
  // Nothing may arrive between the birth of the child and knowing its number.
  sigprocmask(SIG_BLOCK, &all, &mask);
  forward_signals(&defaults);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &mask);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t started = 0;
  int failure = posix_spawn(&started, path, NULL, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  child = failure == 0 ? started : 0;
  sigprocmask(SIG_SETMASK, &mask, NULL);
  return failure == 0;
}

/// Gives back a terminal that a killed child left in its own modes.
static void clean_up(int terminal, const struct termios *before) {
  struct termios now;
  if (terminal < 0 || tcgetattr(terminal, &now) != 0 || !mgs_modes_differ(&now, before)) return;
  char bytes[256];
  int problem = 0;
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  sigaction(SIGTTOU, &ignore, NULL);
  int outlet = mgs_open_outlet(terminal);
  if (outlet >= 0 && setupterm(NULL, terminal, &problem) == OK) {
    mgs_write_some(outlet, bytes, mgs_build_rescue_bytes(bytes, sizeof bytes));
  }
  if (outlet >= 0) close(outlet);
  // Not after a drain: the terminal may never read again.
  tcsetattr(terminal, TCSANOW, before);
  tcflush(terminal, TCIFLUSH);
}

int mgs_supervise(const char *path, char *const arguments[], int terminal, int *death_signal) {
  struct termios before;
  if (terminal >= 0 && tcgetattr(terminal, &before) != 0) terminal = -1;
  *death_signal = 0;
  if (!spawn(path, arguments)) return -1;
  int status = 0;
  for (;;) {
    pid_t changed = waitpid(child, &status, WUNTRACED);
    if (changed < 0 && errno == EINTR) continue;
    if (changed < 0) return -1;
    if (!WIFSTOPPED(status)) break;
    // The shell waits for us: stop as the child did, and wake it when we are woken. In an
    // orphaned group nobody would wake us, and the kernel does not stop us either. A child that
    // was stopped outright could not leave the screen first.
    clean_up(terminal, &before);
    continued = 0;
    mgs_stop_self();
    if (continued) kill(child, SIGCONT);
  }
  child = 0;
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  *death_signal = WTERMSIG(status);
  clean_up(terminal, &before);
  return 128 + *death_signal;
}

int mgs_die_with_parent(int parent) {
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
  return getppid() == parent;
}
