/** Bytes from clients, bytes to clients. */
@NullMarked
package io.dnsproxy.listener;

import org.jspecify.annotations.NullMarked;
