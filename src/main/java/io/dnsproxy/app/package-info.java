/** Starts, settings, wiring, lifecycle, health, metrics: the only place with Spring and Micrometer. */
@NullMarked
package io.dnsproxy.app;

import org.jspecify.annotations.NullMarked;
