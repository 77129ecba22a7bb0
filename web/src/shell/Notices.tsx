import { Notifications } from '@mantine/notifications'
import '@mantine/notifications/styles.css'

/** Where short messages are shown. */
export default function Notices() {
  return <Notifications position="top-right" />
}
