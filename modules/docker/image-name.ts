/** Names of images. Pure. */

/** The id of an image, which has no tag. */
export const isImageId = (name: string): boolean => /^(?:sha256:)?[0-9a-f]{64}$/i.test(name)

/** What may stand after the colon of a name; an empty one is none. */
export const isTag = (tag: string): boolean => tag === '' || /^\w[\w.-]{0,127}$/.test(tag)

/** `registry:5000/a:1` → its name and its tag. */
export function nameAndTag(image: string): { name: string; tag: string } {
  const at = image.lastIndexOf(':')
  return { name: image.slice(0, at), tag: image.slice(at + 1) }
}
