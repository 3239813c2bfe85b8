// Runs before anything else of the program, while a signal would still find the inherited state.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/// Nothing has begun yet, so there is nothing to keep.
static void leave(int signal) { _exit(128 + signal); }

/// A closed standard descriptor would be taken by the next file that is opened. Reading only, so
/// that writing to it is still an error.
static void occupy_standard_descriptors(void) {
  for (int descriptor = 0; descriptor <= 2; descriptor++) {
    if (fcntl(descriptor, F_GETFD) < 0) open("/dev/null", O_RDONLY);
  }
}

__attribute__((constructor)) static void start_up(void) {
  static const int ended_by[] = {SIGINT, SIGTERM, SIGHUP};
  for (unsigned i = 0; i < sizeof ended_by / sizeof ended_by[0]; i++) {
    struct sigaction action = {.sa_handler = leave}, before;
    sigaction(ended_by[i], NULL, &before);
    // nohup is a wish; INT is ignored by every shell that starts something in the background.
    if (ended_by[i] == SIGHUP && before.sa_handler == SIG_IGN) continue;
    sigaction(ended_by[i], &action, NULL);
  }
  // What cannot be written is an error of that write, not the end of the program.
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  sigaction(SIGPIPE, &ignore, NULL);
  sigaction(SIGXFSZ, &ignore, NULL);
  occupy_standard_descriptors();
}
