package ser.backend.djl;

/** What a PyTorch offers beyond what all of them do. */
enum Kernels {
  /** Nothing: for exports, GPUs, and processors that oneDNN does not know. */
  PORTABLE,

  /**
   * oneDNN's convolutions, which use all that the processor has. PyTorch's own choice leaves them
   * to a slower kernel for small inputs.
   */
  ONEDNN,

  /** Those of them that are of one group, where the others are {@linkplain OneDnn wrong}. */
  ONEDNN_UNGROUPED
}
