/** What the firmware says about the machine: part of `hardware`. */
import type { Json } from '../../engine/python/values.js'
import type { Sections } from './sections.js'

/** Fact → file of /sys/devices/virtual/dmi/id. */
const files: { readonly [fact: string]: string } = {
  bios_date: 'bios_date',
  bios_vendor: 'bios_vendor',
  bios_version: 'bios_version',
  board_asset_tag: 'board_asset_tag',
  board_name: 'board_name',
  board_serial: 'board_serial',
  board_vendor: 'board_vendor',
  board_version: 'board_version',
  chassis_asset_tag: 'chassis_asset_tag',
  chassis_serial: 'chassis_serial',
  chassis_vendor: 'chassis_vendor',
  chassis_version: 'chassis_version',
  form_factor: 'chassis_type',
  product_name: 'product_name',
  product_serial: 'product_serial',
  product_uuid: 'product_uuid',
  product_version: 'product_version',
  system_vendor: 'sys_vendor',
}

/** SMBIOS chassis types by number. */
const formFactors =
  'Unknown,Other,Unknown,Desktop,Low Profile Desktop,Pizza Box,Mini Tower,Tower,Portable,Laptop,Notebook,Hand Held,Docking Station,All In One,Sub Notebook,Space-saving,Lunch Box,Main Server Chassis,Expansion Chassis,Sub Chassis,Bus Expansion Chassis,Peripheral Chassis,RAID Chassis,Rack Mount Chassis,Sealed-case PC,Multi-system,CompactPCI,AdvancedTCA,Blade,Blade Enclosure,Tablet,Convertible,Detachable,IoT Gateway,Embedded PC,Mini PC,Stick PC'.split(
    ',',
  )

const folder = '/sys/devices/virtual/dmi/id'
export const dmiFiles = Object.values(files).map(file => `${folder}/${file}`)

export function dmiFacts(sections: Sections): { [fact: string]: Json | undefined } {
  return Object.fromEntries(
    Object.entries(files).map(([fact, file]) => {
      const value = sections.file(`${folder}/${file}`).trim()
      if (value === '') return [fact, 'NA']
      return [fact, fact === 'form_factor' ? (formFactors[Number(value)] ?? `unknown (${value})`) : value]
    }),
  )
}
