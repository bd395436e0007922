/** The container image: the run that its AOT cache is made of, and containers of it. */
package dev.lockkeeper.testbed.image;
