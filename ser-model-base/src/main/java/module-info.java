import org.jspecify.annotations.NullMarked;

/**
 * The model in the box: trained on RAVDESS and nEMO, under CC BY-NC-SA 4.0, not for commercial use.
 * Open, because its clips are resources that programs read.
 */
@NullMarked
open module ser.model.base {
  requires transitive ser.api;
  requires static org.jspecify;

  exports ser.model.base;

  provides ser.api.spi.ModelProvider with
      ser.model.base.BaseModel;
}
