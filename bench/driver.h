/* What the drivers share: the callbacks of a host that says nothing, drawn text, a check over results. */
#ifndef BENCH_DRIVER_H
#define BENCH_DRIVER_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <c-client/c-client.h>

unsigned long draw(unsigned long below); /* 0 to below - 1; the same series in every run */
void die(const char *why) __attribute__((noreturn));

/* A hash over everything handed in, in order: equal results, equal checks. NULL is told from "". */
extern unsigned long long check;
void check_bytes(const void *data, unsigned long length);
void check_number(unsigned long number);
void check_string(const char *text);
void check_addresses(ADDRESS *address);
void check_envelope(ENVELOPE *env);
void check_body(BODY *body);

/* Time and processor time, in microseconds. */
struct times {
    unsigned long long wall, user, system;
};
struct times now(void);
/* "NAME check=… wall=… user=… system=…" of what began at `start`; the check is taken up to here. */
void report(const char *name, struct times start, struct times end);
#endif
