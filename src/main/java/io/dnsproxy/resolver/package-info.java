/** Decides: who already knows? who is asked? */
@NullMarked
package io.dnsproxy.resolver;

import org.jspecify.annotations.NullMarked;
