/** The front door: storage, queue and worker put together from one JDBC URL. */
@NullMarked
package io.taskstore.embedded;

import org.jspecify.annotations.NullMarked;
