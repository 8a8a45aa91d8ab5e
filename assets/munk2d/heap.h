/* Where the engine's memory comes from: one array, so that a space can be kept and gone back to as one run of bytes. */

#ifndef RICOCHET_HEAP_H
#define RICOCHET_HEAP_H

#include <stddef.h>

void *heap_take(size_t count, size_t size);
void *heap_resize(void *block, size_t size);
void heap_give(void *block);

/* The end of what was ever taken; beyond it nothing is worth keeping. */
unsigned char *heap_end(void);

/* The engine asks for memory by these names. */
#define cpcalloc heap_take
#define cprealloc heap_resize
#define cpfree heap_give

#endif
