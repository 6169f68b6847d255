/* One reader's life within serve(). */
#pragma once
#include "serve.h"

/* Takes one who connects; where there is no place, the one goes who has waited longest without a word. */
void reader_welcome(struct server *self);

/* Hears what it says, gives it what is held, and shows it out where it has gone or says what is no word. */
void reader_attend(struct server *self, struct reader *reader, short revents);
