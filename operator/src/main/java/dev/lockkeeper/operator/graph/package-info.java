/** Which releases there are, and who is offered what. */
package dev.lockkeeper.operator.graph;
