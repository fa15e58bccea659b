/** Processes that are killed at work, and what is left of their tasks. */
@NullMarked
package io.taskstore.crash;

import org.jspecify.annotations.NullMarked;
