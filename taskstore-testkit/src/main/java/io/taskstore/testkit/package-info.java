/**
 * What a port promises, as tests that any implementation can run; a reference storage in memory, and a clock that
 * stands still.
 */
@NullMarked
package io.taskstore.testkit;

import org.jspecify.annotations.NullMarked;
