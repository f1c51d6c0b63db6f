export {
  type ChosenDevice,
  chooseDevice,
  DEVICES,
  type Device,
  type DeviceFinding,
  tryDevice,
} from "@orion/grad";
