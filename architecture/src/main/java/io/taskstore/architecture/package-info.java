/**
 * The shape that every module's architecture test asks for: which types are public, who may depend on whom, and
 * what is never called.
 */
@NullMarked
package io.taskstore.architecture;

import org.jspecify.annotations.NullMarked;
