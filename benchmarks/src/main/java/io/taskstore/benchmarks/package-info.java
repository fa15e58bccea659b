/** Programs that measure TaskStore. */
@NullMarked
package io.taskstore.benchmarks;

import org.jspecify.annotations.NullMarked;
