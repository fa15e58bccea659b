/** The queue inside the process and the worker that is fed by it: claims tasks, runs them, settles them. */
@NullMarked
package io.taskstore.inmemory;

import org.jspecify.annotations.NullMarked;
