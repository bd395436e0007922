/** What is asked of a Cincinnati server, read strictly. */
package dev.lockkeeper.cincinnati.protocol;
