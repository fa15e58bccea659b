/**
 * Tasks in SQLite and PostgreSQL: the ports of {@code taskstore-core} on JDBI, with their schema and its
 * migrations.
 */
@NullMarked
package io.taskstore.jdbi;

import org.jspecify.annotations.NullMarked;
