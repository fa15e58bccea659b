/**
 * What storages implement for workers: whoever writes a storage or a worker loop needs it, an application does not.
 *
 * <p>{@link io.taskstore.spi.Storage} is one database with all its ports. A worker registers with
 * {@link io.taskstore.spi.TaskClaims}, claims tasks ({@link io.taskstore.spi.ClaimRequest}), runs them, tells how the runs
 * ended ({@link io.taskstore.spi.Settlement}), and writes down what handlers say meanwhile
 * ({@link io.taskstore.spi.RunLog}).
 */
@NullMarked
package io.taskstore.spi;

import org.jspecify.annotations.NullMarked;
