/** A real Prometheus on loopback that scrapes operators: what alerts and dashboards are worth is seen there. */
package dev.lockkeeper.testbed.monitor;
