/** Batched UDP. Knows no DNS. */
@NullMarked
package io.dnsproxy.datagram;

import org.jspecify.annotations.NullMarked;
