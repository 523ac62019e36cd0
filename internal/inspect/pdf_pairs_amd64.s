#include "textflag.h"

// FILL puts a byte into all 16 places of a register.
#define FILL(byte, x) \
	MOVL $(byte*0x01010101), DX \
	MOVQ DX, x \
	PSHUFD $0, x, x

// PAIRS sets bytes of X8 where one of the pairs begins in the 16 bytes at that place.
#define PAIRS(place) \
	MOVOU place(SI)(AX*1), X4 \
	MOVOU (place+1)(SI)(AX*1), X5 \
	MOVO X4, X6 \
	MOVO X5, X7 \
	PCMPEQB X0, X4 \
	PCMPEQB X1, X5 \
	PCMPEQB X2, X6 \
	PCMPEQB X3, X7 \
	PAND X5, X4 \
	PAND X7, X6 \
	POR X4, X8 \
	POR X6, X8

// func withoutPairs(p []byte) (n int)
TEXT ·withoutPairs(SB), NOSPLIT, $0-32
	MOVQ p_base+0(FP), SI
	MOVQ p_len+8(FP), CX
	XORL AX, AX
	FILL(0x62, X0) // b
	FILL(0x6a, X1) // j
	FILL(0x72, X2) // r
	FILL(0x65, X3) // e
	SUBQ $65, CX   // a block, and the byte after it

block:
	CMPQ AX, CX
	JGT  done
	PXOR X8, X8
	PAIRS(0)
	PAIRS(16)
	PAIRS(32)
	PAIRS(48)
	PMOVMSKB X8, DX
	TESTL DX, DX
	JNE  done
	ADDQ $64, AX
	JMP  block

done:
	MOVQ AX, n+24(FP)
	RET
