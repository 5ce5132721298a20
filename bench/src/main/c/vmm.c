/*
 * Looks like a QEMU to banger's daemon: answers on the control socket, writes its pid, and lets the
 * way to the agent lead to agents.sock beside this program. It runs no guest, so that a hundred of
 * them need no memory.
 */
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The value of path= in a -chardev option, or NULL. */
static char *path_in(const char *option) {
  const char *from = strstr(option, "path=");
  char *path;
  if (!from) return NULL;
  path = strdup(from + 5);
  if (path) path[strcspn(path, ",")] = 0;
  return path;
}

static int say(int peer, const char *text) {
  return write(peer, text, strlen(text)) == (ssize_t)strlen(text);
}

static void serve(int peer) {
  static char line[65536];
  size_t have = 0;
  char answer[128];
  if (!say(peer, "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}, "
                 "\"package\": \"\"}, \"capabilities\": []}}\r\n"))
    return;
  for (;;) {
    ssize_t got = read(peer, line + have, sizeof line - 1 - have);
    char *end;
    if (got <= 0) return;
    have += (size_t)got;
    line[have] = 0;
    while ((end = strchr(line, '\n'))) {
      char *id = strstr(line, "\"id\":");
      int quits = strstr(line, "\"quit\"") != NULL;
      snprintf(answer, sizeof answer, "{\"return\": {}, \"id\": %ld}\r\n", id && id < end ? atol(id + 5) : 0);
      if (!say(peer, answer)) return;
      if (quits) exit(0);
      have -= (size_t)(end + 1 - line);
      memmove(line, end + 1, have + 1);
    }
  }
}

int main(int argc, char **argv) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  char agents[4096];
  int listener, i;
  if (argc > 1 && strcmp(argv[1], "--version") == 0) {
    puts("QEMU emulator version 7.2.22");
    return 0;
  }
  signal(SIGPIPE, SIG_IGN);
  listener = socket(AF_UNIX, SOCK_STREAM, 0);
  snprintf(agents, sizeof agents, "%s", argv[0]);
  strcat(dirname(agents), "/agents.sock");
  for (i = 1; i + 1 < argc; i++) {
    char *path = strcmp(argv[i], "-chardev") == 0 ? path_in(argv[i + 1]) : NULL;
    if (strcmp(argv[i], "-pidfile") == 0) {
      FILE *file = fopen(argv[i + 1], "w");
      if (!file) return 1;
      fprintf(file, "%d\n", (int)getpid());
      fclose(file);
    } else if (path && strncmp(argv[i + 1], "socket,id=qmp", 13) == 0) {
      if (strlen(path) >= sizeof address.sun_path) return 1;
      strcpy(address.sun_path, path);
    } else if (path && strncmp(argv[i + 1], "socket,", 7) == 0 && symlink(agents, path) != 0) {
      perror(path);
      return 1;
    }
  }
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 8) < 0) {
    perror(address.sun_path);
    return 1;
  }
  for (;;) {
    int peer = accept(listener, NULL, NULL);
    if (peer < 0) continue;
    serve(peer);
    close(peer);
  }
}
