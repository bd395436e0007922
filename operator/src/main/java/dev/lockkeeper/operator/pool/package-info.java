/** OKD's MachineConfigPools: what their nodes run, and when a PoolWindow opens and pauses one. Nothing here touches a node. */
package dev.lockkeeper.operator.pool;
