#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "CNCurses.h"
#include "internal.h"

struct mgs_rescue mgs_rescue;

static int signal_pipe[2] = {-1, -1};
static const int announced[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH, SIGCONT};
enum { ANNOUNCED = sizeof announced / sizeof announced[0] };

static void announce(int signal) {
  int saved = errno;
  unsigned char byte = (unsigned char)signal;
  // A full pipe already holds news of the same kind: losing this byte loses nothing.
  if (write(signal_pipe[1], &byte, 1) < 0) {}
  errno = saved;
}

int mgs_signal_pipe(void) {
  if (signal_pipe[0] >= 0) return signal_pipe[0];
  if (pipe(signal_pipe) != 0) return -1;
  for (int end = 0; end < 2; end++) {
    fcntl(signal_pipe[end], F_SETFL, O_NONBLOCK);
    fcntl(signal_pipe[end], F_SETFD, FD_CLOEXEC);
  }
  for (int i = 0; i < ANNOUNCED; i++) {
    struct sigaction action = {.sa_handler = announce, .sa_flags = SA_RESTART}, before;
    sigfillset(&action.sa_mask);
    sigaction(announced[i], NULL, &before);
    if (announced[i] == SIGHUP && before.sa_handler == SIG_IGN) continue;
    sigaction(announced[i], &action, NULL);
  }
  return signal_pipe[0];
}

int mgs_hangup_is_ignored(void) {
  struct sigaction now;
  return sigaction(SIGHUP, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

static void announced_set(sigset_t *set) {
  sigemptyset(set);
  for (int i = 0; i < ANNOUNCED; i++) sigaddset(set, announced[i]);
}

void mgs_block_signals(void) {
  sigset_t set;
  announced_set(&set);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void mgs_unblock_signals(void) {
  sigset_t set;
  announced_set(&set);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void mgs_stop_self(void) {
  struct sigaction standard = {.sa_handler = SIG_DFL}, before;
  sigaction(SIGTSTP, &standard, &before);
  kill(getpid(), SIGTSTP);
  sigaction(SIGTSTP, &before, NULL);
}

int mgs_modes_differ(const struct termios *left, const struct termios *right) {
  tcflag_t local = ECHO | ICANON | ISIG | IEXTEN;
  return (left->c_lflag & local) != (right->c_lflag & local) ||
         (left->c_iflag & ICRNL) != (right->c_iflag & ICRNL) ||
         (left->c_oflag & OPOST) != (right->c_oflag & OPOST);
}

/// Stricter than mgs_modes_differ: a shell's line editor sets modes much like ours.
static int same_modes(const struct termios *left, const struct termios *right) {
  return left->c_iflag == right->c_iflag && left->c_oflag == right->c_oflag &&
         left->c_cflag == right->c_cflag && left->c_lflag == right->c_lflag &&
         memcmp(left->c_cc, right->c_cc, sizeof left->c_cc) == 0;
}

void mgs_rescue_now(void) {
  struct termios now;
  if (mgs_rescue.unfinished) {
    // What is on its way to a terminal that does not read ends in the middle of a sequence.
    tcflush(mgs_rescue.terminal, TCOFLUSH);
    mgs_write_some(mgs_rescue.outlet, "\030", 1);
  }
  mgs_write_some(mgs_rescue.outlet, mgs_rescue.bytes, mgs_rescue.length);
  // When the shell has already taken the terminal back and set it up, leave that alone.
  if (tcgetattr(mgs_rescue.terminal, &now) == 0 && same_modes(&now, &mgs_rescue.program_modes)) {
    tcsetattr(mgs_rescue.terminal, TCSANOW, &mgs_rescue.shell_modes);
  }
}

static const int fatal[] = {SIGTRAP, SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL, SIGQUIT};
enum { FATAL = sizeof fatal / sizeof fatal[0], MOST_SECONDS_OF_BACKTRACE = 30 };
static struct sigaction earlier[FATAL];
static volatile sig_atomic_t dying;

static void give_terminal_back(void) {
  if (!mgs_rescue.armed) return;
  mgs_rescue.armed = 0;
  mgs_rescue.lost = 1;
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  sigaction(SIGTTOU, &ignore, NULL);
  mgs_rescue_now();
}

/// Whether the signal comes from a mistake of this process, not from somebody who sent it.
static int is_own_fault(int signal, const siginfo_t *info) {
  if (signal == SIGQUIT || !info) return 0;
  return info->si_code > 0 || info->si_pid == getpid();
}

static void rescue_and_pass_on(int signal, siginfo_t *info, void *context) {
  (void)context;
  int own = is_own_fault(signal, info);
  if (dying) {
    // The backtracer is at work. It cannot be entered twice, and whoever sends a second signal
    // does not want to wait for it.
    if (!own) mgs_die_by(signal);
    for (;;) pause();
  }
  dying = 1;
  give_terminal_back();
  // A signal that was sent says nothing of the place where it arrived: no backtrace.
  if (!own) mgs_die_by(signal);
  int place = 0;
  while (place < FATAL - 1 && fatal[place] != signal) place++;
  sigaction(signal, &earlier[place], NULL);
  alarm(MOST_SECONDS_OF_BACKTRACE);
  // A fault repeats itself on return, so the earlier handler sees the very place of it.
  int repeats = signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE;
  if (repeats && info->si_code > 0) return;
  raise(signal);
  mgs_die_by(signal);
}

__attribute__((constructor)) static void guard_fatal_signals(void) {
  for (int i = 0; i < FATAL; i++) {
    // Not deferred, so that raising it again in the handler takes effect there.
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
    action.sa_sigaction = rescue_and_pass_on;
    sigemptyset(&action.sa_mask);
    sigaction(fatal[i], &action, &earlier[i]);
  }
  // QUIT is a wish, never a mistake: the backtracer has no part in it.
  for (int i = 0; i < FATAL; i++) {
    if (fatal[i] == SIGQUIT) earlier[i] = (struct sigaction){.sa_handler = SIG_DFL};
  }
}

void mgs_die_by(int signal) {
  struct sigaction standard = {.sa_handler = SIG_DFL};
  sigset_t set;
  sigaction(signal, &standard, NULL);
  sigemptyset(&set);
  sigaddset(&set, signal);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  raise(signal);
}

void mgs_crash(char kind) {
  if (kind == 't') __builtin_trap();
  if (kind == 's') {
    volatile int *volatile nowhere = NULL;
    *nowhere = 1;
  }
  if (kind == 'q') raise(SIGQUIT);
}
