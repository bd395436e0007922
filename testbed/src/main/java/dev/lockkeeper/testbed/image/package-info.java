/** The run that the image's AOT cache is made of. */
package dev.lockkeeper.testbed.image;
