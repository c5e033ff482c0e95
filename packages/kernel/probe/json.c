// SPDX-License-Identifier: MIT
/* Values as JSON. */
#include "probe.h"

#include <inttypes.h>

/** Writes a text; bytes that are no ASCII become U+FFFD, so that the line is always valid. */
void json_string(FILE *out, const char *text) {
  fputc('"', out);
  for (const unsigned char *c = (const unsigned char *)text; *c != 0; c++) {
    if (*c == '"' || *c == '\\') fprintf(out, "\\%c", *c);
    else if (*c < 0x20 || *c == 0x7f) fprintf(out, "\\u%04x", *c);
    else if (*c > 0x7f) fputs("\\ufffd", out);
    else fputc(*c, out);
  }
  fputc('"', out);
}

/** Writes 64 bits as recordings do, or null. */
void json_hex(FILE *out, bool there, uint64_t value) {
  if (there) fprintf(out, "\"0x%016" PRIx64 "\"", value);
  else fputs("null", out);
}
