/* A file's bytes: regular files are mapped, so that gigabytes need no memory; others are read. */

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nayose_priv.h"

static const size_t READ_STEP = 1 << 16;

static int read_all(int fd, struct cli_file *f)
{
    size_t cap = 0;

    for (;;) {
        ssize_t got;

        if (cap - f->n < READ_STEP) {
            cap = cap == 0 ? 4 * READ_STEP : 2 * cap;
            f->p = ny_realloc(f->p, cap);
        }
        got = read(fd, f->p + f->n, READ_STEP);
        if (got == 0) {
            return 0;
        }
        if (got < 0 && errno != EINTR) {
            return errno;
        }
        f->n += got > 0 ? (size_t)got : 0;
    }
}

static int map(int fd, struct cli_file *f)
{
    struct stat st;

    if (fstat(fd, &st) != 0) {
        return errno;
    }
    if (!S_ISREG(st.st_mode)) {
        return read_all(fd, f);
    }
    if (st.st_size == 0) {
        return 0;
    }
    f->p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (f->p == MAP_FAILED) {
        f->p = NULL;
        return errno;
    }
    f->n = (size_t)st.st_size;
    f->is_mapped = true;
    (void)madvise(f->p, f->n, MADV_SEQUENTIAL);
    return 0;
}

int cli_file_open(struct cli_file *f, const char *path)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    int rc;

    *f = (struct cli_file){.path = path};
    if (fd < 0) {
        return errno;
    }
    rc = map(fd, f);
    if (!is_stdin) {
        close(fd);
    }
    if (rc != 0) {
        cli_file_close(f);
    }
    return rc;
}

void cli_file_close(struct cli_file *f)
{
    if (f->is_mapped) {
        munmap(f->p, f->n);
    } else if (f->p != NULL) {
        ny_wipe(f->p, f->n);
        ny_free(f->p);
    }
    *f = (struct cli_file){.path = f->path};
}
