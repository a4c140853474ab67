/*
 * A disk in trouble, for one process: preloaded, it fails calls on files below TROUBLE_FOLDER with the errors that a disk gives.
 * The first byte of the file TROUBLE_SWITCH says at any moment which: '0' none, 'r' the file system has become read-only (EROFS),
 * 's' what is written does not reach the disk (EIO from fsync and fdatasync), 'f' full (ENOSPC).
 *
 * Library interposition, dlsym(3) with RTLD_NEXT, ld.so(8). It declares all that it uses itself, so that it compiles without headers:
 *
 *     tcc -shared -nostdlib -o trouble.so trouble.c
 */
typedef unsigned long size_t;
typedef long ssize_t;
typedef long off_t;

extern void *dlsym(void *, const char *);
extern int *__errno_location(void);
extern char *getenv(const char *);
extern size_t strlen(const char *);
extern int strncmp(const char *, const char *, size_t);
extern ssize_t readlink(const char *, char *, size_t);
extern int snprintf(char *, size_t, const char *, ...);
extern void *mmap(void *, size_t, int, int, int, off_t);

enum { ERROR_IO = 5, ERROR_NO_SPACE = 28, ERROR_READ_ONLY = 30, CREATES = 0100, WRITES = 3, LONGEST = 4096 };

static volatile const char *trouble;

#define NEXT(type, name, parameters)                                     \
  static type(*name) parameters;                                         \
  if (!name) name = (type(*) parameters)dlsym((void *)-1L, &#name[5]);

static char now(void) {
  if (!trouble) {
    NEXT(int, next_open, (const char *, int, int));
    int fd = next_open(getenv("TROUBLE_SWITCH"), 0, 0);
    void *page = mmap(0, 1, 1, 1, fd, 0);
    if (page == (void *)-1L) return '0';
    trouble = page;
  }
  return *trouble;
}

static int below(const char *path) {
  const char *folder = getenv("TROUBLE_FOLDER");
  return path && strncmp(path, folder, strlen(folder)) == 0;
}

static int file(int fd) {
  char link[64];
  char path[LONGEST];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return below(path);
}

static int fails(int error) {
  *__errno_location() = error;
  return -1;
}

/* The error of a call that writes; 0 where it may go on. */
static int writing(void) {
  char which = now();
  return which == 'r' ? ERROR_READ_ONLY : which == 'f' ? ERROR_NO_SPACE : 0;
}

#define WRITES_TO(type, name, parameters, arguments)                     \
  type name parameters {                                                 \
    NEXT(type, next_##name, parameters);                                 \
    int error = writing();                                               \
    return error && file(fd) ? fails(error) : next_##name arguments;     \
  }

#define CHANGES(name, parameters, arguments)                             \
  int name parameters {                                                  \
    NEXT(int, next_##name, parameters);                                  \
    return now() == 'r' && below(path) ? fails(ERROR_READ_ONLY) : next_##name arguments; \
  }

#define SYNCHRONISES(name)                                               \
  int name(int fd) {                                                     \
    NEXT(int, next_##name, (int));                                       \
    return now() == 's' && file(fd) ? fails(ERROR_IO) : next_##name(fd); \
  }

/* The third parameter of open is passed on whether the caller gave one or not. */
#define OPENS(name, parameters, arguments)                               \
  int name parameters {                                                  \
    NEXT(int, next_##name, parameters);                                  \
    int error = flags & (WRITES | CREATES) ? writing() : 0;              \
    int stands = error == ERROR_NO_SPACE && !(flags & CREATES);          \
    return error && !stands && below(path) ? fails(error) : next_##name arguments; \
  }

WRITES_TO(ssize_t, write, (int fd, const void *from, size_t bytes), (fd, from, bytes))
WRITES_TO(ssize_t, pwrite, (int fd, const void *from, size_t bytes, off_t at), (fd, from, bytes, at))
WRITES_TO(ssize_t, pwrite64, (int fd, const void *from, size_t bytes, off_t at), (fd, from, bytes, at))
WRITES_TO(ssize_t, writev, (int fd, const void *from, int parts), (fd, from, parts))
WRITES_TO(int, ftruncate, (int fd, off_t bytes), (fd, bytes))
WRITES_TO(int, ftruncate64, (int fd, off_t bytes), (fd, bytes))
WRITES_TO(int, fallocate, (int fd, int mode, off_t from, off_t bytes), (fd, mode, from, bytes))
WRITES_TO(int, fallocate64, (int fd, int mode, off_t from, off_t bytes), (fd, mode, from, bytes))

SYNCHRONISES(fsync)
SYNCHRONISES(fdatasync)

OPENS(open, (const char *path, int flags, int mode), (path, flags, mode))
OPENS(open64, (const char *path, int flags, int mode), (path, flags, mode))
OPENS(openat, (int folder, const char *path, int flags, int mode), (folder, path, flags, mode))
OPENS(openat64, (int folder, const char *path, int flags, int mode), (folder, path, flags, mode))

CHANGES(rename, (const char *path, const char *to), (path, to))
CHANGES(unlink, (const char *path), (path))
CHANGES(mkdir, (const char *path, int mode), (path, mode))
