/*
 * The least that can serve lines on a Unix socket: a process for each connection, each line answered
 * with itself, or with a line of BYTES bytes.
 *
 *   echo SOCKET [BYTES]
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int send_all(int to, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t sent = write(to, bytes, length);
    if (sent <= 0) return 0;
    bytes += sent;
    length -= (size_t)sent;
  }
  return 1;
}

static void serve(int peer, const char *answer, size_t length) {
  static char line[65536];
  size_t have = 0;
  for (;;) {
    ssize_t got = read(peer, line + have, sizeof line - have);
    if (got <= 0) return;
    have += (size_t)got;
    /* Clients wait for each answer, so there is never more than one line. */
    if (line[have - 1] != '\n') {
      if (have == sizeof line) return;
      continue;
    }
    if (!send_all(peer, answer ? answer : line, answer ? length : have)) return;
    have = 0;
  }
}

int main(int argc, char **argv) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t length = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
  char *answer = NULL;
  int listener;
  if (argc < 2 || strlen(argv[1]) >= sizeof address.sun_path) return 2;
  if (length > 0) {
    answer = malloc(length);
    if (!answer) return 1;
    memset(answer, 'x', length);
    answer[length - 1] = '\n';
  }
  strcpy(address.sun_path, argv[1]);
  signal(SIGCHLD, SIG_IGN);
  listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
      listen(listener, 128) < 0) {
    perror(argv[1]);
    return 1;
  }
  for (;;) {
    int peer = accept(listener, NULL, NULL);
    if (peer < 0) continue;
    if (fork() == 0) {
      close(listener);
      serve(peer, answer, length);
      _exit(0);
    }
    close(peer);
  }
}
