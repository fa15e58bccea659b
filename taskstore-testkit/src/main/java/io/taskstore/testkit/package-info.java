/**
 * What a port promises, as tests that any implementation can run; a reference storage and a reference queue in memory; and
 * what the tests of an application need: a clock that stands still, a listener that remembers, assertions on tasks and
 * histories, and a JUnit extension that gives each test a store of its own.
 */
@NullMarked
package io.taskstore.testkit;

import org.jspecify.annotations.NullMarked;
