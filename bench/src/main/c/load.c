/*
 * Clients that send a line, wait for a line, and send again, each on a connection and a thread of its
 * own. Prints requests a second, and the median and the 99th percentile of their times in microseconds.
 *
 *   load SOCKET CLIENTS MILLISECONDS LINE
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MOST_CLIENTS 64
#define MOST_TIMES 1000000

static struct sockaddr_un address = {.sun_family = AF_UNIX};
static const char *request;
static size_t request_length;
static long long run_nanos;
static atomic_int failed;
static pthread_barrier_t together;

struct client {
  pthread_t thread;
  unsigned *times;
  size_t count;
};

static long long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int ask(int peer) {
  char bytes[65536];
  ssize_t got;
  if (write(peer, request, request_length) != (ssize_t)request_length) return 0;
  do {
    got = read(peer, bytes, sizeof bytes);
    if (got <= 0) return 0;
  } while (bytes[got - 1] != '\n');
  return 1;
}

static void *run(void *argument) {
  struct client *self = argument;
  int peer = socket(AF_UNIX, SOCK_STREAM, 0);
  int ready = peer >= 0 && connect(peer, (struct sockaddr *)&address, sizeof address) == 0 && ask(peer);
  long long end, before;
  pthread_barrier_wait(&together);
  before = now();
  end = before + run_nanos;
  while (ready && before < end && self->count < MOST_TIMES) {
    long long after;
    ready = ask(peer);
    after = now();
    self->times[self->count++] = (unsigned)(after - before);
    before = after;
  }
  if (!ready) failed = 1;
  if (peer >= 0) close(peer);
  return NULL;
}

static int compare(const void *a, const void *b) {
  unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
  return x < y ? -1 : x > y;
}

int main(int argc, char **argv) {
  static struct client clients[MOST_CLIENTS];
  size_t total = 0, at = 0;
  unsigned *all;
  int count, i;
  if (argc != 5 || strlen(argv[1]) >= sizeof address.sun_path) return 2;
  count = atoi(argv[2]);
  if (count < 1 || count > MOST_CLIENTS) return 2;
  strcpy(address.sun_path, argv[1]);
  run_nanos = atol(argv[3]) * 1000000LL;
  request_length = strlen(argv[4]) + 1;
  all = malloc(request_length + 1);
  sprintf((char *)all, "%s\n", argv[4]);
  request = (char *)all;
  pthread_barrier_init(&together, NULL, (unsigned)count);
  for (i = 0; i < count; i++) {
    clients[i].times = malloc(MOST_TIMES * sizeof(unsigned));
    if (!clients[i].times || pthread_create(&clients[i].thread, NULL, run, &clients[i]) != 0) return 1;
  }
  for (i = 0; i < count; i++) {
    pthread_join(clients[i].thread, NULL);
    total += clients[i].count;
  }
  if (failed || total == 0) {
    fprintf(stderr, "a connection broke\n");
    return 1;
  }
  all = malloc(total * sizeof(unsigned));
  if (!all) return 1;
  for (i = 0; i < count; i++) {
    memcpy(all + at, clients[i].times, clients[i].count * sizeof(unsigned));
    at += clients[i].count;
  }
  qsort(all, total, sizeof(unsigned), compare);
  printf("%.1f %.1f %.1f\n", total * 1e9 / run_nanos, all[total / 2] / 1e3, all[total - 1 - total / 100] / 1e3);
  return 0;
}
