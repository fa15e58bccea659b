/** Programs to run and to copy from; each shows one use of TaskStore. */
@NullMarked
package io.taskstore.examples;

import org.jspecify.annotations.NullMarked;
