// SPDX-License-Identifier: MIT
/*
 * Which functions of the kernel an mprotect call goes through, in order: ftrace and kprobe events, where
 * the kernel has them.
 */
#ifndef PTELAB_CALL_TRACE_H
#define PTELAB_CALL_TRACE_H

#include <stdbool.h>
#include <stdio.h>

/** Sets up the tracer; once, before all scenarios. Without tracing nothing below does anything. */
void call_trace_open(void);
bool call_trace_ready(void);
/** From now on calls of this process are traced, and of no other. */
void call_trace_follow(void);
/** `seqmax N`: most lines that are written in order. */
void call_trace_limit(long lines);
/** `notrace 0|1`. */
void call_trace_pause(bool paused);
void call_trace_begin(void);
void call_trace_end(void);
/** Writes what was traced last, as members of a JSON object, with a comma before each. */
void call_trace_write(FILE *out);

#endif
