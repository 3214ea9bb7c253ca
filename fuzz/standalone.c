/* Replays seed files through a fuzz target where libFuzzer is not linked.
 *
 * Each argument is a file or a folder; a missing folder (no past crash yet) is skipped. */

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data;
    size_t size;
    struct stat st;

    if (f == NULL || fstat(fileno(f), &st) != 0) {
        perror(path);
        return 1;
    }
    /* An exact-size heap block, so that the sanitizer sees a read past the end. */
    data = malloc((size_t)st.st_size > 0 ? (size_t)st.st_size : 1);
    if (data == NULL) {
        abort();
    }
    size = fread(data, 1, (size_t)st.st_size, f);
    fclose(f);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 0;
}

static int replay_folder(const char *path, unsigned *count)
{
    DIR *d = opendir(path);
    struct dirent *e;
    int failed = 0;

    if (d == NULL) {
        return 0;
    }
    while ((e = readdir(d)) != NULL) {
        char name[4096];

        if (e->d_name[0] == '.') {
            continue;
        }
        snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
        failed |= replay_file(name);
        ++*count;
    }
    closedir(d);
    return failed;
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    int failed = 0;

    for (int i = 1; i < argc; i++) {
        struct stat st;

        if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode)) {
            failed |= replay_folder(argv[i], &count);
        } else if (stat(argv[i], &st) == 0) {
            failed |= replay_file(argv[i]);
            ++count;
        }
    }
    printf("replayed %u inputs\n", count);
    return count == 0 ? 1 : failed;
}
