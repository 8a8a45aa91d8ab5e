/* Blocks of 16, 32, 64, … bytes off one array; a block that is given back serves the next one of its size.

   Where a block lies depends only on what was taken and given back before, and all that is known of blocks lies in
   the module's data. So a copy of the data and of the array up to heap_end() is the whole truth, and may be
   put back at any time. A heap that is full is a mistake of ours: the module traps. */

#include "heap.h"

#include <stdint.h>
#include <string.h>

enum { HEAP_BYTES = 2 << 20, HEAD_BYTES = 8, SMALLEST_LOG2 = 4, SIZES = 20 };

typedef struct Head {
	uint32_t log2; /* of the block's bytes, its head included */
	uint32_t next; /* offset of the next free block of this size, or 0 */
} Head;

_Static_assert(sizeof(Head) == HEAD_BYTES, "what is behind a head must be aligned for doubles");

static _Alignas(16) unsigned char heap[HEAP_BYTES];
static uint32_t top = 16; /* 0 is no block's offset */
static uint32_t given[SIZES];

void *
heap_take(size_t count, size_t size)
{
	size_t bytes = count*size + HEAD_BYTES;
	uint32_t log2 = SMALLEST_LOG2;
	while(((size_t)1 << log2) < bytes) log2++;
	if(log2 >= SIZES) __builtin_trap();

	uint32_t at = given[log2];
	if(at){
		given[log2] = ((Head *)(heap + at))->next;
	} else {
		at = top;
		top += 1u << log2;
		if(top > HEAP_BYTES) __builtin_trap();
	}

	Head *head = (Head *)(heap + at);
	head->log2 = log2;
	head->next = 0;
	return memset(head + 1, 0, (1u << log2) - HEAD_BYTES);
}

void
heap_give(void *block)
{
	if(!block) return;
	Head *head = (Head *)block - 1;
	head->next = given[head->log2];
	given[head->log2] = (uint32_t)((unsigned char *)head - heap);
}

void *
heap_resize(void *block, size_t size)
{
	void *larger = heap_take(1, size);
	if(block){
		size_t had = ((size_t)1 << ((Head *)block - 1)->log2) - HEAD_BYTES;
		memcpy(larger, block, had < size ? had : size);
		heap_give(block);
	}
	return larger;
}

unsigned char *
heap_end(void)
{
	return heap + top;
}
