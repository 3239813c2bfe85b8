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

void mgs_write_all(int descriptor, const char *bytes, int length) {
  while (length > 0) {
    ssize_t written = write(descriptor, bytes, (size_t)length);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes += written;
    length -= (int)written;
  }
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
  mgs_write_all(mgs_rescue.output, mgs_rescue.bytes, mgs_rescue.length);
  // When the shell has already taken the terminal back and set it up, leave that alone.
  if (tcgetattr(mgs_rescue.output, &now) == 0 && same_modes(&now, &mgs_rescue.program_modes)) {
    tcsetattr(mgs_rescue.output, TCSANOW, &mgs_rescue.shell_modes);
  }
}

static const int fatal[] = {SIGTRAP, SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGILL, SIGQUIT};
enum { FATAL = sizeof fatal / sizeof fatal[0] };
static struct sigaction earlier[FATAL];

static void rescue_and_pass_on(int signal, siginfo_t *info, void *context) {
  (void)context;
  int place = 0;
  while (place < FATAL - 1 && fatal[place] != signal) place++;
  if (mgs_rescue.armed) {
    mgs_rescue.armed = 0;
    mgs_rescue.lost = 1;
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGTTOU, &ignore, NULL);
    mgs_rescue_now();
  }
  sigaction(signal, &earlier[place], NULL);
  // A fault repeats itself on return, so the earlier handler sees the very place of it.
  int repeats = signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE;
  if (repeats && info && info->si_code > 0) return;
  raise(signal);
  // Swift's handler returns for signals that were sent; they still have to end the program.
  mgs_die_by(signal);
}

void mgs_guard_fatal_signals(void) {
  for (int i = 0; i < FATAL; i++) {
    // Not deferred, so that raising it again in the handler takes effect there.
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
    action.sa_sigaction = rescue_and_pass_on;
    sigemptyset(&action.sa_mask);
    sigaction(fatal[i], &action, &earlier[i]);
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
